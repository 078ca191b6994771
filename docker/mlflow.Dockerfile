# The official MLflow image has no driver for PostgreSQL.
ARG MLFLOW_VERSION=v3.17.2
FROM ghcr.io/mlflow/mlflow:${MLFLOW_VERSION}
RUN pip install --no-cache-dir psycopg2-binary==2.9.13 \
 && useradd --create-home mlflow \
 && install -d -o mlflow -g mlflow /artifacts
USER mlflow
