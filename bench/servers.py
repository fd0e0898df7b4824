"""Servers for a measurement: on free ports of 127.0.0.1, stopped whatever happens."""

import contextlib
import ctypes
import glob
import http.client
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1


def dies_with_us(how):
    """Also when this process is killed."""
    return lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wanted(program, package):
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(program, path=path)
    if not found:
        raise SystemExit(f"bench: {program} is missing: apt-get install {package}")
    return found


@contextlib.contextmanager
def running(argv, ready, ends=signal.SIGTERM, **how):
    """Starts a server, waits until `ready` says so, and stops it at the end."""
    log = subprocess.DEVNULL
    server = subprocess.Popen(argv, stdout=log, stderr=log, preexec_fn=dies_with_us(ends), **how)
    try:
        for _ in range(200):
            if server.poll() is not None:
                raise SystemExit(f"bench: {' '.join(argv)} ended at once, with {server.returncode}")
            if ready():
                break
            time.sleep(0.05)
        else:
            raise SystemExit(f"bench: {argv[0]} does not answer")
        yield server.pid
    finally:
        server.send_signal(ends)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def answers(port, path):
    def ready():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False

    return ready


PAGE = "<!doctype html><title>bench</title>" + "<p>" + "lorem ipsum dolor sit amet " * 30


@contextlib.contextmanager
def nginx(data, version):
    """Serves one page at every path, and `version` at every path that ends in /version; closes each
    connection. Gives port and process id."""
    program, port = wanted("nginx", "nginx-light"), free_port()
    folder = pathlib.Path(data) / f"nginx-{port}"
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"""{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_timeout 0; default_type text/html; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location ~ /version$ {{ return 200 "{version}"; }}
    location / {{ return 200 "{PAGE}"; }}
  }}
}}
"""
    )
    argv = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    with running(argv, answers(port, "/version"), signal.SIGTERM) as pid:
        yield port, pid


@contextlib.contextmanager
def files(data, root):
    """Serves the files of a folder, as web sites are served. Gives the port."""
    program, port = wanted("nginx", "nginx-light"), free_port()
    folder = pathlib.Path(data) / f"nginx-{port}"
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"""{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; image/png png; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""
    )
    argv = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    with running(argv, answers(port, "/")):
        yield port


@contextlib.contextmanager
def blackbox_exporter(data):
    """prometheus-blackbox-exporter with its http_2xx module. Gives port and process id."""
    program = wanted("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    port = free_port()
    config = pathlib.Path(data) / "blackbox.yml"
    config.write_text("modules:\n  http_2xx: { prober: http }\n")
    argv = [program, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with running(argv, answers(port, "/-/healthy")) as pid:
        yield port, pid


@contextlib.contextmanager
def postgresql(data):
    """PostgreSQL as it comes, fsync on, run by an ordinary user. Gives its address."""
    folder, port, user = pathlib.Path(data) / "postgresql", free_port(), None
    folder.mkdir()
    if os.geteuid() == 0:
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names.get("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
    how = {"cwd": folder, "env": {**os.environ, "LC_ALL": "C"}}
    if user:
        how |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    programs = postgresql_programs()
    make = [f"{programs}/initdb", "-A", "trust", "-U", "plimsoll", "-E", "UTF8", "-D", str(folder / "data")]
    made = subprocess.run(make, capture_output=True, text=True, check=False, **how)
    if made.returncode:
        raise SystemExit(f"bench: initdb: {made.stdout}{made.stderr}")
    address = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    argv = [f"{programs}/postgres", "-D", str(folder / "data"), *address]
    ready = [f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    with running(argv, lambda: subprocess.run(ready, check=False).returncode == 0, signal.SIGINT, **how) as pid:
        yield f"postgres://plimsoll@127.0.0.1:{port}/postgres", pid


def postgresql_programs():
    found = shutil.which("initdb")
    folders = [str(pathlib.Path(found).parent)] if found else []
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for folder in folders:
        if all(pathlib.Path(folder, name).exists() for name in ("initdb", "postgres", "pg_isready")):
            return folder
    raise SystemExit("bench: PostgreSQL is missing: apt-get install postgresql")
