# One image for each service: docker build --build-arg SERVICE=matching .
# `--target operator` is for the commands of a deployment: it has the code of all services, as it
# asks each what it hears, and none of what only a service needs to work.

# What is installed: by hash, in a place that is copied whole, without an installer beside it.
FROM python:3.13-slim AS packages
ARG SERVICE=matching
RUN python -m venv --without-pip /opt/venv
COPY requirements/${SERVICE}.txt /tmp/requirements.txt
RUN pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
      --root-user-action=ignore --only-binary :all: --require-hashes -r /tmp/requirements.txt

FROM python:3.13-slim AS common
# Compiled while it is built: the root file system is read-only later, and the first start short.
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app/services:/app/libs \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=packages /opt/venv /opt/venv
COPY libs/common /app/libs/common
RUN python -m compileall -q /app
WORKDIR /app

FROM common AS operator
COPY services /app/services
COPY libs/local /app/libs/local
RUN python -m compileall -q /app
USER 10001:10001

FROM operator AS demo
COPY libs/demo /app/libs/demo
CMD ["python", "-m", "demo.elsewhere"]

FROM common AS service
ARG SERVICE
COPY services/${SERVICE} /app/services/${SERVICE}
RUN python -m compileall -q /app/services
# What a service compiles for itself (matching does), for every processor of this kind: whoever
# runs the image would else spend half a minute on it before the first answer.
ENV NUMBA_CPU_NAME=generic
RUN mkdir /app/compiled \
 && if [ -f /app/services/${SERVICE}/ahead.py ]; then \
      NUMBA_CACHE_DIR=/app/compiled python -m ${SERVICE}.ahead; \
    fi
ENV SERVICE=${SERVICE} HTTP_HOST=0.0.0.0 HTTP_PORT=8000 NUMBA_CACHE_DIR=/tmp/compiled
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=180s CMD ["python", "-c", \
  "import os; from http.client import HTTPConnection as To; ready = To('127.0.0.1', os.environ['HTTP_PORT'], timeout=5); ready.request('GET', '/readyz'); raise SystemExit(ready.getresponse().status != 200)"]
# Numba uses what it can also write to, and that is /tmp alone. The shell then gives its place to
# Python, which so hears when it is asked to stop.
ENTRYPOINT ["sh", "-c", "cp -rT /app/compiled \"$NUMBA_CACHE_DIR\"; exec \"$@\"", "--"]
CMD ["sh", "-c", "exec python -m common.serve \"$SERVICE\""]
