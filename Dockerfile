# memoryd as a daemon for repositories mounted read-only below /repos. How to start it: docker-compose.yml.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE NOTICE constraints.txt ./
COPY indexers indexers
COPY memoryd memoryd
# `fleet` for Ray, with which docker-compose.yml indexes many repositories.
ARG EXTRAS=
RUN python -m venv /opt/memoryd \
    && /opt/memoryd/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.12-slim
# git lists a repository's files ten times as fast as a walk does.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin memoryd \
    && install --directory --owner memoryd --group memoryd --mode 0700 /data \
    && install --directory /repos
COPY --from=build /opt/memoryd /opt/memoryd
COPY --chmod=755 docker/entrypoint /usr/local/bin/memoryd-entrypoint
# The repositories belong to another user than ours; git would not list them otherwise. We run nothing of theirs.
ENV PATH=/opt/memoryd/bin:$PATH \
    MEMORYD_HOME=/data \
    HOST=0.0.0.0 \
    PORT=7333 \
    GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0=safe.directory \
    GIT_CONFIG_VALUE_0=*
USER 10001:10001
VOLUME /data
EXPOSE $PORT
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["memoryd-entrypoint"]
