# The production image: web server and worker (docker-compose.yml starts both from it). docs/deploy.md says how.
FROM python:3.13.12-slim-trixie AS build

RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never

# The dependencies first: they change seldom.
COPY pyproject.toml uv.lock .python-version ./
RUN uv sync --locked --no-dev

COPY . .
RUN .venv/bin/python -m compileall -q meducation accounts articles cpd
# Collecting reads no database and sends nothing; the mode only lets it start without production's secrets.
RUN MEDUCATION_MODE=demo DATABASE_URL=postgresql://nobody@localhost/none \
    .venv/bin/python manage.py collectstatic --noinput


FROM python:3.13.12-slim-trixie

RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent meducation \
    && install -d -o meducation -g meducation /data
WORKDIR /app
COPY --from=build /app /app

ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MEDUCATION_MODE=production \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000 \
    WEB_WORKERS=2
USER meducation
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "meducation.probe", "/healthz"]
CMD ["python", "-m", "meducation.serve"]
