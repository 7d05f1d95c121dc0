# One image for web, live, worker, beat and migrate; docker-compose.yml says which is which.
FROM python:3.11-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-uv.txt requirements.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements-uv.txt \
 && python -m venv --without-pip /opt/venv \
 && uv pip install --no-cache --compile-bytecode --python /opt/venv/bin/python --require-hashes -r /tmp/requirements.txt
COPY . /app
WORKDIR /app
# Values that only let the settings load: nothing connects at build time, and none of them stays in the image.
RUN env PACTE_MODE=production ALLOWED_HOSTS=build.invalid SECRET_KEY=build \
    NIR_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= NIR_HASH_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgres://build@build.invalid/build REDIS_URL=redis://build.invalid/0 STATIC_ROOT=/app/static \
    /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 pacte \
 && useradd --uid 10001 --gid pacte --no-create-home --home-dir /tmp --shell /usr/sbin/nologin pacte \
 && install -d -o pacte -g pacte -m 700 /data /data/files
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PACTE_MODE=production \
    STATIC_ROOT=/app/static \
    MEDIA_ROOT=/data/files
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "hub.wsgi", "--bind", "0.0.0.0:8000"]
