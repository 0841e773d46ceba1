"""
What `manage.py up` does, in the order in which it happens.

`address` reserves the port, `secret_key`, `static_files`, `database` and `broker` make ready what the processes need,
`children` names the processes, `supervise` keeps them running, `welcome` tells the person who started.
"""
