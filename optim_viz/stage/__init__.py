"""The animated component: the Python side packs what the browser draws, `assets` holds the browser's side."""
