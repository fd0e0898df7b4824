"""Configurations of the sizes that are measured."""


def verification(port, targets, pages, sleeps, limits):
    """`targets` on one nginx, each with `pages` HTTP checks and one command for each of `sleeps`."""
    lines = [f"limits: {limits}", "services:", "  site:", "    environments:", "      staging:", "        targets:"]
    for number in range(1, targets + 1):
        lines.append(f'          t{number:02}: {{ url: "http://127.0.0.1:{port}/t{number:02}" }}')
    lines += [
        "    platforms:",
        "      web: { deploy: { command: [/bin/true] }, observe: { http: /version } }",
        "    checks:",
    ]
    for number in range(1, pages + 1):
        lines.append(f"      page-{number:02}: {{ http: {{ path: /page-{number:02}, contains: lorem }} }}")
    for seconds in sleeps:
        name = f"wait-{seconds}".replace(".", "-")
        lines.append(f'      {name}: {{ command: [/bin/sleep, "{seconds}"] }}')
    return "\n".join(lines) + "\n"


def gated(targets, checks):
    """`targets` in staging and as many in production, `checks` on each, versions read from a file."""
    lines = ["services:", "  site:", "    tier: critical", "    environments:"]
    for environment in ("staging", "production"):
        after = "" if environment == "staging" else "        after: staging\n"
        lines.append(f"      {environment}:\n{after}        targets:")
        for number in range(1, targets + 1):
            lines.append(f"          t{number:03}: {{ site: s{number:03}, platform: vm }}")
    place = "{{ environment.name }}/{{ target.name }}"
    lines += [
        "    platforms:",
        "      vm:",
        f'        deploy: {{ files: {{ root: "{place}" }} }}',
        f'        observe: {{ file: "{place}/current/version.txt" }}',
        "    checks:",
    ]
    for number in range(1, checks + 1):
        lines.append(f'      check-{number:02}: {{ http: {{ path: "https://{number}.example/", status: 200 }} }}')
    lines += [
        "    gates:",
        "      production:",
        "        - evidence: { max-age: 24h }",
        "        - soak: 30m",
        "        - freeze: { name: feast, from: 2020-12-24, to: 2020-12-27, zone: Europe/Amsterdam }",
        "        - condition: counts.failed == 0",
    ]
    return "\n".join(lines) + "\n"


def wide(targets):
    """One file that names `targets` targets, with URLs, variables and the usual rest."""
    lines = ["services:", "  site:", "    environments:"]
    for environment, after in (("staging", ""), ("production", "        after: staging\n")):
        lines.append(f"      {environment}:\n{after}        targets:")
        for number in range(1, targets // 2 + 1):
            name = f"t{number:04}"
            url = f"https://{name}.{environment}.example"
            lines.append(f"          {name}: {{ site: {name}, platform: vm, url: {url}, vars: {{ host: h{number} }} }}")
    lines += [
        "    platforms:",
        '      vm: { deploy: { command: [./deploy, "{{ target.vars.host }}"] }, observe: { http: /version } }',
        "    checks:",
        "      home: { http: { path: /, contains: title } }",
        "      health: { http: { path: /health, json: { /status: ok } } }",
        "    gates:",
        "      production:",
        "        - soak: 30m",
        "        - condition: counts.failed == 0",
    ]
    return "\n".join(lines) + "\n"
