# One image for every service of docker-compose.yaml. Its commands name their programs, so nothing depends on an
# entrypoint, and the same lock file holds as everywhere else.
FROM python:3.12-slim

ENV AIRFLOW_HOME=/opt/airflow \
    PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VIRTUAL_ENV=/opt/venv

RUN useradd --uid 50000 --gid 0 --create-home --home-dir /opt/airflow airflow \
    && python -m venv /opt/venv \
    && pip install --no-cache-dir uv

WORKDIR /opt/quickbooks-sync
COPY requirements-celery.txt ./
RUN uv pip install --no-cache --compile-bytecode -r requirements-celery.txt

COPY pyproject.toml README.md LICENSE ./
COPY config ./config
COPY dags ./dags
COPY docker ./docker
COPY emulator ./emulator
COPY include ./include
COPY plugins ./plugins
COPY src ./src
# Editable, so that the mappings and expectations beside the packages are found as in a checkout.
# A named volume takes over the owner of the folder that it is first mounted on.
RUN uv pip install --no-cache --no-deps --editable . \
    && python -m compileall -q src plugins emulator \
    && mkdir -p /opt/airflow/logs /opt/airflow/passwords /var/lib/quickbooks-sync /var/lib/quickbooks-emulator \
    && chown -R airflow:0 /opt/airflow /var/lib/quickbooks-sync /var/lib/quickbooks-emulator

USER airflow
EXPOSE 8080
CMD ["airflow", "version"]
