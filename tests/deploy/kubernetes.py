"""Renders deploy/kubernetes with kubectl and holds each manifest against Kubernetes' own types, as the npm
package kubernetes-types has them: an unknown field, a missing one or a wrong kind of value is an error.
Needs kubectl, python3-yaml and, in this directory, `npm ci`."""

import json
import pathlib
import subprocess
import sys

import yaml  # python3-yaml

HERE = pathlib.Path(__file__).resolve().parent
MANIFESTS = HERE.parents[1] / "deploy/kubernetes"
SCRATCH = HERE / "node_modules/.manifests"


def checked(manifests):
    """The manifests as a TypeScript source that compiles only where they keep to their types."""
    lines = []
    for number, manifest in enumerate(manifests):
        version = manifest["apiVersion"].removesuffix(".k8s.io").replace(".k8s.io/", "/")
        module = version if "/" in version else f"core/{version}"
        lines.append(f"import type {{{manifest['kind']} as Kind{number}}} from 'kubernetes-types/{module}';")
        lines.append(f"export const {manifest['kind']}: Kind{number} = {json.dumps(manifest, indent=2)};")
    return "\n".join(lines)


def compile_errors(manifests):
    SCRATCH.mkdir(exist_ok=True)
    (SCRATCH / "manifests.ts").write_text(checked(manifests))
    done = subprocess.run([HERE / "node_modules/.bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler",
                           "--module", "esnext", SCRATCH / "manifests.ts"], text=True, capture_output=True)
    return done.stdout


def main():
    rendered = subprocess.run(["kubectl", "kustomize", MANIFESTS], text=True, capture_output=True, check=True).stdout
    manifests = list(yaml.safe_load_all(rendered))
    if errors := compile_errors(manifests):
        sys.exit(errors)
    # The check itself: one misspelt field, deep inside, must be found.
    pod = next(manifest for manifest in manifests if manifest["kind"] == "Deployment")["spec"]["template"]["spec"]
    pod["containers"][0]["readynessProbe"] = pod["containers"][0].pop("readinessProbe")
    if "readynessProbe" not in compile_errors(manifests):
        sys.exit("the types did not notice a misspelt field")
    print(f"ok       {len(manifests)} manifests keep to Kubernetes' types: " + ", ".join(manifest["kind"] for manifest in manifests))


main()
