"""What tablets and operators reach over HTTP: thin views, each of which calls one service."""
