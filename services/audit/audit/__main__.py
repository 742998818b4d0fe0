"""Start audit."""

from chassis.run import main

from audit.handlers import SERVICE, AuditRunner

if __name__ == "__main__":
    main(SERVICE, AuditRunner)
