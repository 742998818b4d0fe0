"""Start tax-income."""

from chassis.run import main

from tax_income.handlers import SERVICE

if __name__ == "__main__":
    main(SERVICE)
