"""Start audit."""

from chassis.run import main

from audit.handlers import SERVICE

if __name__ == "__main__":
    main(SERVICE)
