"""The LLM extractor: one structured call a window, to any endpoint. Knows no Django.

`dialogue` asks and repairs; `openai_client` and `anthropic_client` speak the protocols; `abilities` is what an endpoint
was found able to do, `failures` what its complaints mean, `parsing` how an answer is found in a text.
"""
