# The image of the grown-up installation: pages, sockets, worker and migrations all run from it (compose.yaml).

FROM python:3.11-slim AS packages
WORKDIR /portal
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements/base.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    VAR_DIR=/var/lib/portal
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/portal portal
COPY --from=packages /opt/venv /opt/venv
WORKDIR /portal
COPY . .
USER portal
VOLUME /var/lib/portal
EXPOSE 8000
