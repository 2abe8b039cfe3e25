"""UponAI: self-hosted AI phone agents behind Retell AI's wire API.

``pip install uponai`` gives the client only (``uponai.client``); ``uponai[server]`` the platform;
``uponai[local]`` the embedded speech models.
"""

__version__ = "0.1.0"
