"""The paper page's arithmetic, one question a file: pure functions whose every number comes from the update rules."""
