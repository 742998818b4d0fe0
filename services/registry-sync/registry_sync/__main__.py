"""Start registry-sync."""

from chassis.run import main

from registry_sync.handlers import SERVICE

if __name__ == "__main__":
    main(SERVICE)
