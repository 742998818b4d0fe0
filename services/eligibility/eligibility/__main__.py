"""Start eligibility."""

from chassis.run import main

from eligibility.handlers import SERVICE

if __name__ == "__main__":
    main(SERVICE)
