"""Print the installed size of every package in the environment, the largest first."""

from __future__ import annotations

from importlib.metadata import distributions


def main() -> None:
    """One line a package: megabytes (10^6 bytes) and name."""
    sizes = {
        distribution.metadata["Name"]: sum(
            path.stat().st_size
            for file in distribution.files or ()
            if (path := distribution.locate_file(file)).is_file()
        )
        for distribution in distributions()
    }
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{size / 1e6:8.1f} MB  {name}")
    print(f"{sum(sizes.values()) / 1e6:8.1f} MB  together")


if __name__ == "__main__":
    main()
