"""Where a test takes hold of a rendered overlay, to break it."""

from deploy.check.rendering import Rendered


def of(rendered, kind, name):
    found = rendered.named(kind, name)
    assert found is not None
    return found


def spec(rendered, name="binome-intake", kind="Deployment"):
    return of(rendered, kind, name)["spec"]


def pod(rendered, name="binome-intake", kind="Deployment"):
    return spec(rendered, name, kind)["template"]["spec"]


def box(rendered, name="binome-intake", kind="Deployment"):
    return pod(rendered, name, kind)["containers"][0]


def job(rendered, name):
    """Take hold of the pods that a CronJob makes."""
    return spec(rendered, name, "CronJob")["jobTemplate"]["spec"]["template"]["spec"]


def settings(rendered, name):
    [found] = (
        each["data"]
        for each in rendered.of_kind("ConfigMap")
        if each["metadata"]["name"].startswith(name)
    )
    return found


def without(rendered, kind, name):
    kept = (
        each
        for each in rendered.manifests
        if (each["kind"], each["metadata"]["name"]) != (kind, name)
    )
    return Rendered(tuple(kept))


def trigger(rendered):
    return spec(rendered, "binome-matching", "ScaledObject")["triggers"][0]["metadata"]


def add_trigger(rendered, kind, **metadata):
    triggers = spec(rendered, "binome-matching", "ScaledObject")["triggers"]
    triggers.append({"type": kind, "metadata": metadata})


def nats_conf(rendered, old, new):
    held = settings(rendered, "nats-")
    assert old in held["nats.conf"]
    held["nats.conf"] = held["nats.conf"].replace(old, new)
