"""Ask a running server whether it is well: `python -m meducation.probe /healthz` (a container's health check).

Needs the standard library only, so that it answers in a fraction of a second.
"""

import http.client
import sys

from meducation.lib.env import EnvError, env_int, env_list

TIMEOUT_SECONDS = 3


def answers(path: str, *, host: str, port: int, site: str) -> bool:
    """True when the server at `host` answers 200 to a GET of `path` asked under the name `site`."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": site})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> None:
    """Exit 0 when this machine's own server answers, 1 otherwise."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    # A server refuses names that are not its own; ".example.org" stands for the name and all below it.
    names = env_list("ALLOWED_HOSTS", "localhost")
    sys.exit(0 if answers(path, host="127.0.0.1", port=env_int("PORT", 8000), site=names[0].lstrip(".")) else 1)


if __name__ == "__main__":
    try:
        main()
    except EnvError as error:
        sys.exit(f"The health check cannot run: {error}")
