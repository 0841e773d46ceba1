"""Files of messages: kept once for each content and project, put back when read, removed when no message holds them.

taking_out   large base64 of a message to files and back, byte for byte
files        bytes with their digest, size and type
keeping      write files and their rows in the transaction that stores the message
reading      give messages what lies in storage, in the format that is asked for
cleaning     remove what no message holds
serving      answer a request with a file
"""
