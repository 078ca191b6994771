# syntax=docker/dockerfile:1
# One image for orchestrator and worker: docker run gridsearch worker, docker run gridsearch up, …

FROM node:20.19.5-bookworm-slim AS base
WORKDIR /app

# The dependencies with the native engine, built by the same set-up as in a checkout. First, because it changes least and costs most.
FROM base AS engine
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ python3-pip \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY setup setup
COPY learning/engine/native learning/engine/native
# The engine's home lies in the cache. What the next home would be made from holds second names of the same files and goes in
# the same layer.
ENV XDG_CACHE_HOME=/app/.cache
ARG GRIDSEARCH_ENGINE
RUN mkdir .cache \
 && node setup/setup.mjs --only engine,kernel --native \
 && rm -rf .cache/gridsearch/engine-* /root/.npm

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM base
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/*
# An image built for wasm must not look for the native engine when it starts.
ARG GRIDSEARCH_ENGINE
ENV NODE_ENV=production XDG_CACHE_HOME=/app/.cache GRIDSEARCH_ENGINE=$GRIDSEARCH_ENGINE
COPY --from=engine /app/node_modules node_modules
COPY --from=engine /app/.cache .cache
COPY package.json ./
COPY bin bin
COPY setup setup
COPY search-spaces search-spaces
COPY --from=build /app/dist dist
RUN install -d -o node -g node .gridsearch
USER node
# Is the queue reachable from here? (That the process lives, the container's own state tells.)
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s \
  CMD ["node", "setup/setup.mjs", "--check", "--only", "redis"]
# tini passes SIGTERM to the program alone; the worker itself ends its training processes after the fold at hand.
ENTRYPOINT ["tini", "--", "node", "bin/gridsearch.mjs"]
CMD ["worker"]
