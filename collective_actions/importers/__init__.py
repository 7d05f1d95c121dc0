"""Files of this app, registered in the one pipeline of imports."""
