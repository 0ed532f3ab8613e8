"""What the command line asks for beside the running bot: the first administrator, a roster. It shares the database."""
