# One image for every service: a container's command decides which of them it runs.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

# Extras to install, separated by spaces; "parquet" adds Parquet files at a cost of about 176 MB.
ARG EXTRAS=""

ENV PATH=/opt/sinergi/bin:$PATH PYTHONUNBUFFERED=1

# A fresh volume takes its owner from the folder that it is mounted over, so all of them are here.
RUN python3 -m venv /opt/sinergi \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sinergi \
    && install -d -o sinergi -g sinergi -m 0700 \
        /data /keys /desks /setup/keys/registration /setup/keys/equipment /setup/keys/partners \
        /setup/keys/roots /setup/keys/desks \
    && install -d -o sinergi -g sinergi /trust /setup/trust

COPY requirements.lock requirements-parquet.lock /src/
RUN for lock in requirements ${EXTRAS:+$(printf 'requirements-%s ' ${EXTRAS})}; do \
        pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes \
            -r "/src/$lock.lock" || exit 1; \
    done

COPY LICENSE README.md pyproject.toml /src/
COPY shared /src/shared
COPY services /src/services
COPY apps /src/apps
RUN pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation /src

USER 10001:10001
ENTRYPOINT ["sinergi"]
