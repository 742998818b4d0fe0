"""Start the desk."""

from chassis.run import main

from console.handlers import SERVICE

if __name__ == "__main__":
    main(SERVICE)
