"""One tunnel live: both ends asked at once, watched and triggered when that was asked for."""
