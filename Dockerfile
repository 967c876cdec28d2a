# docker build -t optim_viz . && docker run --rm -p 127.0.0.1:8501:8501 optim_viz
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# PyTorch's CPU build keeps the image small. For NVIDIA GPUs: docker build --build-arg TORCH_INDEX=https://pypi.org/simple .
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.txt requirements.lock ./
RUN pip install --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple "$(grep '^torch==' requirements.txt)" \
    && pip install -r requirements.txt

COPY . .
# The stage copies plotly.js out of the installed wheel: done here, where the folder can be written.
RUN python -c "from optim_viz.stage.assets_folder import asset_folder; asset_folder()" \
    && useradd --create-home --uid 10001 lab \
    && install -d -o lab -g lab /var/lib/optim_viz
# Training runs and downloaded data; a volume mounted here keeps them. Nothing else is written but below /tmp.
ENV OPTIM_VIZ_HOME=/var/lib/optim_viz OPTIM_VIZ_DATA=/var/lib/optim_viz/data MPLCONFIGDIR=/tmp/matplotlib
USER lab

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# All addresses, inside the container only: publish the port to the addresses that should reach it (see docs/serving.md).
CMD ["python", "-m", "optim_viz", "app", "--host", "0.0.0.0", "--port", "8501"]
