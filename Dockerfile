# syntax=docker/dockerfile:1
# One image for orchestrator and worker: docker run gridsearch worker, docker run gridsearch up, …

FROM node:20-bookworm-slim AS base
WORKDIR /app

# The dependencies with the native engine, built by the same set-up as in a checkout. First, because it changes least and costs most.
FROM base AS engine
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ python3-pip \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY setup setup
# The cache holds second names of the same files and goes in the same layer.
ARG GRIDSEARCH_ENGINE
RUN node setup/setup.mjs --only engine --native \
 && rm -rf /root/.cache node_modules/.cache

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM base
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
COPY --from=engine /app/node_modules node_modules
COPY package.json ./
COPY setup setup
COPY search-spaces search-spaces
COPY --from=build /app/dist dist
RUN install -d -o node -g node .gridsearch
USER node
# Is the queue reachable from here? (That the process lives, the container's own state tells.)
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s \
  CMD ["node", "setup/setup.mjs", "--check", "--only", "redis"]
# tini passes SIGTERM to the program alone; the worker itself ends its training processes after the fold at hand.
ENTRYPOINT ["tini", "--", "node", "dist/orchestrator/cli/main.js"]
CMD ["worker"]
