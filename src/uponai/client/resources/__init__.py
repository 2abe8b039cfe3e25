"""The API's resources, each in two forms. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from uponai.client.resources.agent import Agent, AsyncAgent
from uponai.client.resources.batch_call import AsyncBatchCall, BatchCall
from uponai.client.resources.call import AsyncCall, Call
from uponai.client.resources.carrier import AsyncCarrier, Carrier
from uponai.client.resources.concurrency import AsyncConcurrency, Concurrency
from uponai.client.resources.conversation_flow import AsyncConversationFlow, ConversationFlow
from uponai.client.resources.conversation_flow_component import (
    AsyncConversationFlowComponent,
    ConversationFlowComponent,
)
from uponai.client.resources.do_not_call import AsyncDoNotCall, DoNotCall
from uponai.client.resources.identity import AsyncIdentity, Identity
from uponai.client.resources.knowledge_base import AsyncKnowledgeBase, KnowledgeBase
from uponai.client.resources.limits import AsyncLimits, Limits
from uponai.client.resources.llm import AsyncLlm, Llm
from uponai.client.resources.mcp_tool import AsyncMcpTool, McpTool
from uponai.client.resources.phone_number import AsyncPhoneNumber, PhoneNumber
from uponai.client.resources.voice import AsyncVoice, Voice
from uponai.client.sending import AsyncSender, Sender


class Resources:
    """Every resource of the client."""

    def __init__(self, sender: Sender) -> None:
        self.call = Call(sender)
        self.batch_call = BatchCall(sender)
        self.agent = Agent(sender)
        self.llm = Llm(sender)
        self.conversation_flow = ConversationFlow(sender)
        self.conversation_flow_component = ConversationFlowComponent(sender)
        self.phone_number = PhoneNumber(sender)
        self.voice = Voice(sender)
        self.knowledge_base = KnowledgeBase(sender)
        self.mcp_tool = McpTool(sender)
        self.concurrency = Concurrency(sender)
        self.limits = Limits(sender)
        self.carrier = Carrier(sender)
        self.do_not_call = DoNotCall(sender)
        self.identity = Identity(sender)


class AsyncResources:
    """Every resource of the client, to be awaited."""

    def __init__(self, sender: AsyncSender) -> None:
        self.call = AsyncCall(sender)
        self.batch_call = AsyncBatchCall(sender)
        self.agent = AsyncAgent(sender)
        self.llm = AsyncLlm(sender)
        self.conversation_flow = AsyncConversationFlow(sender)
        self.conversation_flow_component = AsyncConversationFlowComponent(sender)
        self.phone_number = AsyncPhoneNumber(sender)
        self.voice = AsyncVoice(sender)
        self.knowledge_base = AsyncKnowledgeBase(sender)
        self.mcp_tool = AsyncMcpTool(sender)
        self.concurrency = AsyncConcurrency(sender)
        self.limits = AsyncLimits(sender)
        self.carrier = AsyncCarrier(sender)
        self.do_not_call = AsyncDoNotCall(sender)
        self.identity = AsyncIdentity(sender)
