# docker run --rm -v "$PWD:/src:ro" ghcr.io/frontleak/frontleak scan
# For several platforms: docker buildx build --platform linux/amd64,linux/arm64 .
FROM python:3.13-slim AS build
WORKDIR /build
COPY ci/constraints.txt ci/constraints.txt
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY rules rules
COPY scanner scanner
ENV PIP_CONSTRAINT=/build/ci/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv --without-pip /opt/frontleak \
    && python -m pip --python /opt/frontleak/bin/python install --only-binary :all: . \
    && /opt/frontleak/bin/frontleak --version

FROM python:3.13-slim
LABEL org.opencontainers.image.source="https://github.com/frontleak/frontleak" \
      org.opencontainers.image.licenses="MIT"
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --no-create-home --uid 10001 frontleak \
    && mkdir /src
COPY --from=build /opt/frontleak /opt/frontleak
# A mounted folder belongs to somebody else, and git reads no such repository unless the system's settings name it. The
# scanner runs git without hooks, filters and transports, so nothing that the repository configures is started.
RUN git config --system --add safe.directory /src \
    && git config --system --add safe.directory '/src/*'
ENV PATH=/opt/frontleak/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /src
ENTRYPOINT ["frontleak"]
CMD ["scan"]
