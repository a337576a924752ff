"""
Channels: the ways by which people of an agency are told that something needs them.

A channel says whether it is an *alarm*: something that rings until somebody answers. Mail is none. What goes out
names no client and no danger, for it is read on screens that others see.
"""

from .channel import Channel, ChannelFailed, Letter
from .mail import Mail, mail_of

__all__ = ["Channel", "ChannelFailed", "Letter", "Mail", "mail_of"]
