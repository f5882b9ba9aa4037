#!/usr/bin/env python3
"""Our templates against Velocity 1.7 on the JVM and velocityjs, in the same run, taking turns."""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OURS, JVM, NODE = "Crossway", "Velocity 1.7 (JVM)", "velocityjs"
CONTEXT = {
    "context": {
        "requestId": "2f1b7f4e-0000-4000-8000-000000000000",
        "stage": "prod",
        "identity": {"sourceIp": "10.0.0.1"},
        "responseOverride": {},
    },
    "stageVariables": {"shop": "main"},
}
PARAMS = {"path": {}, "querystring": {}, "header": {"User-Agent": "bench/1.0"}}


def orders():
    """Forty lines of an order, 10 KB in all; the same as `main.rs` makes."""
    items = [
        {
            "sku": f"SKU-{n:06}", "title": f'Widget number {n}, "deluxe" edition', "price": n * 3 + 0.5,
            "quantity": n % 5 + 1, "inStock": n % 3 > 0, "tags": ["blue", "large"], "weightGrams": n * 10,
            "vendor": {"id": f"v-{n}", "name": f"Vendor {n}", "country": "CH"}, "note": "delivered within three days",
        }
        for n in range(40)
    ]
    customer = {"id": "c-1", "name": "Ada O'Neil", "address": {"city": "Bern", "zip": "3000"}}
    return json.dumps({"currency": "EUR", "customer": customer, "items": items}, separators=(",", ":"))


PETS = [{"id": 1, "type": "dog", "price": 249.99}, {"id": 2, "type": "cat", "price": 124.99}, {"id": 3, "type": "fish", "price": 0.99}]
# name: (template, body, renderings in one slice)
CASES = {
    "PetStore page": ("pets.vtl", json.dumps(PETS), 2000),
    "51 lines, 10 KB": ("orders.vtl", orders(), 200),
}


class Peer:
    """An engine that answers JSON lines."""

    def __init__(self, command, cwd):
        self.process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {}
        if "output" not in answer:
            raise SystemExit(f"{self.process.args[0]} said {line!r}")
        return answer


def plot(rows, path):
    """Bars of the ratios, as an SVG that needs no library."""
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{len(rows) * 38 + 40}" font-family="sans-serif" font-size="13">',
             '<text x="8" y="20">time of one rendering, shorter is better; Crossway = 1</text>']
    longest = max(ratio for *_, ratio in rows)
    for number, (case, name, median, _, ratio) in enumerate(rows):
        y, length = 34 + number * 38, max(ratio / longest * 260, 1)
        colour = "#0972d3" if name == OURS else "#687078"
        lines.append(f'<text x="8" y="{y + 18}">{case}: {name}</text><rect x="250" y="{y}" width="{length:.0f}" height="26" fill="{colour}"/>'
                     f'<text x="{256 + length:.0f}" y="{y + 18}">{ratio:.1f} ({median:.1f} µs)</text>')
    path.write_text("\n".join([*lines, "</svg>"]) + "\n")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ours", required=True, help="the bench program that `cargo bench -p mapping --no-run` names")
    options.add_argument("--classpath", required=True, help="compiled jvm/Peer.java and the jars it needs")
    options.add_argument("--node-modules", required=True, help="folder in which velocityjs was installed")
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--warm-up", type=int, default=25, help="slices before the first that counts")
    options = options.parse_args()
    peers = {
        OURS: Peer([options.ours, "--peer"], None),
        JVM: Peer(["java", "-cp", options.classpath, "Peer"], None),
        NODE: Peer(["node", str(HERE / "node/peer.mjs")], options.node_modules),
    }
    rows = []
    for case, (template, body, renderings) in CASES.items():
        question = {"op": "bench", "template": (HERE / template).read_text(), "body": body, "context": CONTEXT,
                    "params": PARAMS, "rounds": renderings}
        outputs = {peer.ask({**question, "rounds": 1})["output"] for peer in peers.values()}
        if len(outputs) != 1:
            raise SystemExit(f"{case}: the engines do not agree")
        for _ in range(options.warm_up):
            for peer in peers.values():
                peer.ask(question)
        slices = []
        for _ in range(options.rounds):
            order = random.sample(list(peers), len(peers))
            slices.append({name: peers[name].ask(question)["nanos"] / renderings / 1000 for name in order})
        for name in peers:
            times = [one[name] for one in slices]
            ratio = statistics.median(one[name] / one[OURS] for one in slices)
            rows.append((case, name, statistics.median(times), min(times), ratio))
    print("| template | engine | median µs | best µs | x Crossway |\n|---|---|---|---|---|")
    for case, name, median, best, ratio in rows:
        print(f"| {case} | {name} | {median:.1f} | {best:.1f} | {ratio:.1f} |")
    plot(rows, HERE / "templates.svg")
    print(f"plot: {HERE / 'templates.svg'}", file=sys.stderr)


if __name__ == "__main__":
    main()
