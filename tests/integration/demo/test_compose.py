"""docker-compose.yaml: sound by itself, and accepted by `docker compose config` where that is installed."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from quickbooks_sync.workspace import read_app
from tests.support.servers import ALLOW_VARIABLE

REPOSITORY = Path(__file__).parents[3]
TEXT = (REPOSITORY / "docker-compose.yaml").read_text()
DOCUMENT: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = DOCUMENT["services"]
EXAMPLE = (REPOSITORY / ".env.example").read_text()
EXAMPLE_VARIABLES = set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def _has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.mark.skipif(not _has_compose(), reason="docker compose is not installed")
@pytest.mark.parametrize("profile", ["demo", "connect", "*"])
def test_docker_compose_accepts_the_file(profile: str, tmp_path: Path) -> None:
    filled = tmp_path / "env"
    filled.write_text(re.sub(r"=$", "=for-the-check", EXAMPLE, flags=re.MULTILINE))
    subprocess.run(
        ["docker", "compose", "--env-file", filled, "--profile", profile, "config", "--quiet"],
        cwd=REPOSITORY,
        check=True,
        timeout=60,
    )


def test_only_known_keys_are_used() -> None:
    known = {
        "build",
        "command",
        "depends_on",
        "entrypoint",
        "environment",
        "extra_hosts",
        "healthcheck",
        "image",
        "network_mode",
        "ports",
        "profiles",
        "restart",
        "stop_grace_period",
        "volumes",
    }
    assert {key for key in DOCUMENT if not key.startswith("x-")} == {"name", "services", "volumes"}
    assert {key for service in SERVICES.values() for key in service} <= known


def test_every_part_of_airflow_is_a_service() -> None:
    commands = {name: " ".join(service.get("command", [])) for name, service in SERVICES.items()}
    for part in ("api-server", "scheduler", "dag-processor", "triggerer"):
        assert commands[part].startswith(f"airflow {part}")
    assert commands["worker"] == "airflow celery worker"
    assert "airflow db migrate" in commands["init"]
    assert "quickbooks-sync db upgrade" in commands["init"]
    assert SERVICES["emulator"]["profiles"] == ["demo"]


def test_commands_do_not_lean_on_an_entrypoint() -> None:
    ours = [service for service in SERVICES.values() if "build" in service]
    assert len(ours) == 8
    for service in ours:
        assert service["entrypoint"] == []
        assert isinstance(service["command"], list)
        assert service["command"][0] in (
            "airflow",
            "quickbooks-sync",
            "quickbooks-emulator",
            "/bin/sh",
        )


def test_ports_are_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_long_running_services_have_a_health_check() -> None:
    for name, service in SERVICES.items():
        if name in ("init", "connect"):
            continue
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_dependencies_exist_and_can_be_met() -> None:
    for name, service in SERVICES.items():
        for other, needed in service.get("depends_on", {}).items():
            condition = needed["condition"]
            assert other in SERVICES, f"{name} waits for {other}"
            if condition == "service_healthy":
                assert "healthcheck" in SERVICES[other]
            else:
                assert condition == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no"


def test_volumes_are_declared_and_used() -> None:
    used = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert used == set(DOCUMENT["volumes"])


def test_variables_are_those_of_the_example_file() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", TEXT))
    assert used == EXAMPLE_VARIABLES


def test_secrets_have_no_default() -> None:
    secrets = r"\$\{([A-Z_]*(?:PASSWORD|SECRET|SECRET_KEY|FERNET_KEY|SYNC_KEY)):-"
    assert re.findall(secrets, TEXT) == []
    for name in EXAMPLE_VARIABLES:
        if re.search("PASSWORD|SECRET|KEY", name):
            assert f"\n{name}=\n" in EXAMPLE, f"{name} has a value in .env.example"


def test_connection_is_json_once_its_variables_are_filled_in() -> None:
    for name in ("scheduler", "connect"):
        written = SERVICES[name]["environment"]["AIRFLOW_CONN_QUICKBOOKS_DEFAULT"]
        filled = re.sub(r"\$\{[A-Z_]+(?::[-?]([^}]*))?\}", "x", written)
        connection = json.loads(filled)
        assert connection["conn_type"] == "quickbooks"
        assert set(connection["extra"]) == {
            "environment",
            "redirect_uri",
            "monthly_reads",
            "api_url",
            "discovery_url",
            "authorize_url",
        }


def test_the_api_server_has_no_key_and_no_test_button_unless_they_are_given_to_it() -> None:
    given = SERVICES["api-server"]["environment"]
    assert given["QUICKBOOKS_SYNC_KEY"] == "${QUICKBOOKS_TEST_BUTTON_KEY:-}"
    assert given["AIRFLOW__CORE__TEST_CONNECTION"] == "${AIRFLOW_TEST_CONNECTION:-Disabled}"
    assert "AIRFLOW_TEST_CONNECTION=Disabled\n" in EXAMPLE
    assert SERVICES["worker"]["environment"]["QUICKBOOKS_SYNC_KEY"].startswith(
        "${QUICKBOOKS_SYNC_KEY:?"
    )


def test_tokens_may_go_to_intuit_alone_unless_the_deployment_names_a_host() -> None:
    for name in ("worker", "scheduler", "api-server", "connect"):
        allowed = SERVICES[name]["environment"]["QUICKBOOKS_SYNC_ALLOW_HOSTS"]
        assert allowed == "${QUICKBOOKS_SYNC_ALLOW_HOSTS:-}"
    assert "\nQUICKBOOKS_SYNC_ALLOW_HOSTS=\n" in EXAMPLE


def test_the_demos_lines_of_the_example_make_a_connection_that_is_accepted() -> None:
    lines = re.findall(r"^#   (QUICKBOOKS_[A-Z_]+)=(\S+)", EXAMPLE, re.MULTILINE)
    named = dict(lines)
    written = SERVICES["worker"]["environment"]["AIRFLOW_CONN_QUICKBOOKS_DEFAULT"]
    filled = re.sub(
        r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}",
        lambda found: named.get(found[1], found[3] if found[2] == "-" else "x"),
        written,
    )
    app = read_app({"QUICKBOOKS_SYNC_ALLOW_HOSTS": named[ALLOW_VARIABLE]}, json.loads(filled))
    assert app.api_url == "http://emulator:8090"
    assert app.address("authorize") == "http://localhost:8090/connect/oauth2"


def test_celery_stays_below_the_version_that_breaks_its_provider() -> None:
    locked = (REPOSITORY / "requirements-celery.txt").read_text()
    found = re.search(r"^celery==(\d+)\.(\d+)", locked, re.MULTILINE)
    assert found is not None
    assert (int(found[1]), int(found[2])) < (5, 7)


def test_locks_name_no_index() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt", "requirements-celery.txt"):
        told = (REPOSITORY / lock).read_text()
        assert not re.search(r"^\s*(--|-i |-f )|://", told, re.MULTILINE), lock
