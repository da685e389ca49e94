"""The image as it runs in production: not root, a read-only root file system, no capabilities, and a
volume. `tests/container/run` builds it before."""

import json
import subprocess
import time
import unittest
import urllib.request

IMAGE = "localhost/exportstat"
SIZE_LIMIT = 120_000_000
START_SECONDS = 20

# podman's own limits are above what an unprivileged machine may grant; these are plenty. runc works
# with both versions of cgroups.
PODMAN = ("podman", "--runtime", "runc")
HARDENED = (
    "--read-only",
    "--read-only-tmpfs=false",
    "--cap-drop=all",
    "--security-opt=no-new-privileges",
    "--ulimit=nofile=4096:4096",
    "--ulimit=nproc=512:512",
)


def podman(*arguments, check=True):
    """The outcome of one podman command, with its output as text."""
    done = subprocess.run(
        [*PODMAN, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if check and done.returncode != 0:
        raise AssertionError(f"podman {' '.join(arguments)}: {done.stderr}")
    return done


class Container:
    """One running container of the image, on a port of the loopback interface."""

    def __init__(self, volume):
        self.id = podman(
            "run", "--detach", *HARDENED, "--publish=127.0.0.1::8080", f"--volume={volume}:/data", IMAGE
        ).stdout.strip()
        self.address = podman("port", self.id, "8080").stdout.strip()
        end = time.monotonic() + START_SECONDS
        while not self.ready():
            if time.monotonic() > end:
                raise TimeoutError(f"not ready: {podman('logs', self.id, check=False).stderr}")
            time.sleep(0.1)

    def ask(self, target):
        with urllib.request.urlopen(f"http://{self.address}{target}", timeout=5) as answer:
            return answer.headers, answer.read()

    def ready(self):
        try:
            return bool(self.ask("/readyz"))
        except OSError:
            return False

    def shell(self, script):
        return podman("exec", self.id, "bash", "-c", script, check=False)

    def stop(self):
        """Stops it with SIGTERM: its exit status, and the seconds that took."""
        start = time.monotonic()
        podman("stop", "--time=10", self.id)
        status = podman("inspect", "--format={{.State.ExitCode}}", self.id).stdout.strip()
        return int(status), time.monotonic() - start

    def remove(self):
        podman("rm", "--force", "--time=0", self.id)


class TestContainer(unittest.TestCase):
    def volume(self):
        name = podman("volume", "create").stdout.strip()
        self.addCleanup(podman, "volume", "rm", name)
        return name

    def start(self, volume=None):
        container = Container(volume or self.volume())
        self.addCleanup(container.remove)
        return container

    def test_the_image_is_small(self):
        size = int(podman("image", "inspect", "--format={{.Size}}", IMAGE).stdout)
        self.assertLess(size, SIZE_LIMIT)

    def test_the_image_says_what_it_is(self):
        image = json.loads(podman("image", "inspect", IMAGE).stdout)[0]["Config"]
        self.assertRegex(image["User"], "^[1-9][0-9]*:[1-9][0-9]*$")
        self.assertEqual(list(image["Volumes"]), ["/data"])
        self.assertEqual(image["Entrypoint"], ["exportstat"])
        self.assertEqual(image["Cmd"], ["serve"])
        labels = image["Labels"]
        self.assertEqual(labels["org.opencontainers.image.title"], "exportstat")
        self.assertEqual(labels["org.opencontainers.image.licenses"], "MIT")

    def test_it_answers_with_the_bundled_data(self):
        container = self.start()
        headers, body = container.ask("/v1/exports/latest")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertIn("period", json.loads(body))
        self.assertEqual(
            podman("logs", container.id).stdout, "exportstat listening on http://0.0.0.0:8080\n"
        )

    def test_it_has_the_pages(self):
        container = self.start()
        for page in ("/", "/docs", "/assets/dashboard.js"):
            self.assertGreater(len(container.ask(page)[1]), 500)

    def test_it_has_what_fetching_needs(self):
        asked = "EXPORTSTAT_API_KEY=x exportstat fetch --api http://127.0.0.1:1/x --attempts 1 pk-it=X"
        self.assertIn("connect", self.start().shell(asked).stderr)

    def test_it_runs_without_privileges(self):
        status = self.start().shell("cat /proc/1/status").stdout
        fields = dict(line.split(":", 1) for line in status.splitlines())
        self.assertNotIn("0", fields["Uid"].split())
        self.assertNotIn("0", fields["Gid"].split())
        for name in ("CapPrm", "CapEff", "CapBnd"):
            self.assertEqual(int(fields[name], 16), 0, name)
        self.assertEqual(fields["NoNewPrivs"].strip(), "1")

    def test_only_the_volume_is_written(self):
        container = self.start()
        container.ask("/v1/exports")
        for place in ("/", "/tmp", "/etc", "/usr/local/bin"):
            self.assertNotEqual(container.shell(f"echo > {place}/written").returncode, 0, place)
        self.assertEqual(container.shell("echo > /data/written").returncode, 0)
        # The engine itself leaves the places where it mounts.
        changes = podman("diff", container.id).stdout.split("\n")
        mounted = ("/data", "/dev", "/etc", "/proc", "/run", "/sys")
        self.assertEqual([c for c in changes if c and not c[2:].startswith(mounted)], [])

    def test_health_check(self):
        container = self.start()
        self.assertEqual(podman("healthcheck", "run", container.id, check=False).returncode, 0)

    def test_health_check_fails_where_nothing_listens(self):
        done = podman("run", "--rm", *HARDENED, "--entrypoint=healthcheck", IMAGE, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)

    def test_sigterm_ends_it_cleanly(self):
        status, seconds = self.start().stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 8)

    def test_the_data_survives(self):
        volume = self.volume()
        tags = []
        for _ in range(2):
            container = self.start(volume)
            tags.append(container.ask("/v1/exports")[0]["ETag"])
            container.stop()
            container.remove()
        # An ETag is also about the random id of the store, so another store has another one.
        self.assertEqual(tags[0], tags[1])
        self.assertNotEqual(tags[0], self.start().ask("/v1/exports")[0]["ETag"])


if __name__ == "__main__":
    unittest.main()
