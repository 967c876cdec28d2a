"""Arrays to Plotly figures, all drawn with one theme."""
