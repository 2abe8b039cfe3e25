"""Which method of which resource is which request. The names are those of the official SDKs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """``route`` is ``VERB /path``; ``answer`` our name for the document's type of the answer,
    ``Name[]`` for an array, ``Page Name`` for pages of it, empty for no answer; ``query`` as in
    ``forms.txt``. A ``form``'s ``body`` is a type there: the document says what its parts look like
    on the wire, not what a client is given. Every other body is the document's.

    ``once``: a second attempt might do the thing twice, so only a 429 is repeated. ``keyed``: the
    body gets an ``idempotency_key``, so that it may be repeated after all.
    """

    resource: str
    name: str
    route: str
    doc: str
    answer: str = ""
    body: str = ""
    query: str = ""
    once: bool = False
    keyed: bool = False
    form: bool = False
    timeout_s: int = 60
    path_names: tuple[tuple[str, str], ...] = ()

    @property
    def verb(self) -> str:
        return self.route.split(" ")[0]

    @property
    def path(self) -> str:
        return self.route.split(" ")[1]

    @property
    def paged(self) -> bool:
        return self.answer.startswith("Page ")


PAGED = "limit?: int; pagination_key?: str; sort_order?: Literal['ascending', 'descending']"
VERSION = "version?: int | str"
NUMBER_VERSION = "version?: int"
FORCE = "force_delete?: bool"
FLOW = (("flow_id", "conversation_flow_id"), ("component_id", "conversation_flow_component_id"))

OPERATIONS = (
    Operation("call", "create_phone_call", "POST /v2/create-phone-call",
        "Place an outbound call. The answer comes at once; dialling follows.",
        answer="CallResponse", keyed=True, timeout_s=120),
    Operation("call", "create_web_call", "POST /v3/create-web-call",
        "Open a call for a browser; the answer says how it connects.",
        answer="CreateWebCallResponse", once=True),
    Operation("call", "register_phone_call", "POST /v2/register-phone-call",
        "Announce a call that your own telephony will send to this server.",
        answer="CallResponse", once=True),
    Operation("call", "retrieve", "GET /v2/get-call/{call_id}",
        "A call, with transcript, figures and recordings as far as there are any.",
        answer="CallResponse"),
    Operation("call", "list", "POST /v3/list-calls",
        "Calls that fit a filter, without their transcripts.",
        answer="Page CallItem", timeout_s=300),
    Operation("call", "update", "PATCH /v2/update-call/{call_id}",
        "Change metadata, attributes or storage of a call that has ended.",
        answer="CallResponse"),
    Operation("call", "stop", "POST /v2/stop-call/{call_id}",
        "End a call; one that waits is never dialled."),
    Operation("call", "rerun_analysis", "PUT /rerun-call-analysis/{call_id}",
        "Analyse a finished call again.", answer="CallResponse", once=True),
    Operation("call", "delete", "DELETE /v2/delete-call/{call_id}",
        "Delete a call with its recordings."),
    Operation("batch_call", "create_batch_call", "POST /create-batch-call",
        "Place many calls, now or later, within the hours you allow.",
        answer="BatchCallResponse", once=True, timeout_s=300),
    Operation("batch_call", "create_from_csv", "POST /uponai/v1/batches",
        "Place the calls of a CSV file: a header line, then a call per line.",
        answer="BatchResponse", body="BatchCsv", once=True, form=True, timeout_s=300),
    Operation("batch_call", "list", "GET /uponai/v1/batches", "The batches, newest first.",
        answer="Page BatchListItem", query=PAGED),
    Operation("batch_call", "retrieve", "GET /uponai/v1/batches/{batch_call_id}",
        "A batch: how far it is, and what came of its calls.", answer="BatchResponse"),
    Operation("batch_call", "list_tasks", "GET /uponai/v1/batches/{batch_call_id}/tasks",
        "The tasks of a batch, each with its last call.", answer="Page BatchTask", query=PAGED),
    Operation("batch_call", "pause", "POST /uponai/v1/batches/{batch_call_id}/pause",
        "Begin no further calls until it is resumed.", answer="BatchResponse"),
    Operation("batch_call", "resume", "POST /uponai/v1/batches/{batch_call_id}/resume",
        "Go on with a paused batch.", answer="BatchResponse"),
    Operation("batch_call", "cancel", "POST /uponai/v1/batches/{batch_call_id}/cancel",
        "Begin no further calls, for good.", answer="BatchResponse"),
    Operation("agent", "create", "POST /create-agent", "Create a voice agent.",
        answer="AgentResponse", once=True),
    Operation("agent", "retrieve", "GET /get-agent/{agent_id}",
        "An agent, by default its latest version.", answer="AgentResponse", query=VERSION),
    Operation("agent", "update", "PATCH /update-agent/{agent_id}",
        "Change a draft, by default the latest.", answer="AgentResponse", query=VERSION),
    Operation("agent", "list", "POST /v2/list-agents",
        "The agents, one slim item each.", answer="Page AgentListItem",
        query=PAGED),
    Operation("agent", "delete", "DELETE /delete-agent/{agent_id}",
        "Delete an agent with all its versions."),
    Operation("agent", "create_version", "POST /create-agent-version/{agent_id}",
        "Start a new draft from a version.", answer="AgentResponse",
        once=True),
    Operation("agent", "delete_version", "DELETE /delete-agent-version/{agent_id}",
        "Delete one version.", query="version: int"),
    Operation("agent", "list_versions", "GET /list-agent-versions/{agent_id}",
        "The versions of an agent.", answer="Page AgentVersionItem", query=PAGED),
    Operation("agent", "publish", "POST /publish-agent-version/{agent_id}",
        "Publish a draft as it is: it can no longer be changed."),
    Operation("agent", "repair", "POST /repair-agent/{agent_id}",
        "Remove references to what no longer exists.", answer="AgentResponse", query=VERSION),
    Operation("llm", "create", "POST /create-retell-llm",
        "Create a single- or multi-prompt response engine.", answer="LlmResponse", once=True),
    Operation("llm", "retrieve", "GET /get-retell-llm/{llm_id}",
        "A response engine, by default its latest version.", answer="LlmResponse",
        query=NUMBER_VERSION),
    Operation("llm", "update", "PATCH /update-retell-llm/{llm_id}",
        "Change a draft, by default the latest.", answer="LlmResponse", query=NUMBER_VERSION),
    Operation("llm", "list", "GET /v2/list-retell-llms", "The response engines.",
        answer="Page LlmResponse", query=PAGED),
    Operation("llm", "delete", "DELETE /delete-retell-llm/{llm_id}",
        "Delete a response engine.", query=FORCE),
    Operation("conversation_flow", "create", "POST /create-conversation-flow",
        "Create a conversation flow.", answer="ConversationFlowResponse", once=True),
    Operation("conversation_flow", "retrieve", "GET /get-conversation-flow/{flow_id}",
        "A flow, by default its latest version.", answer="ConversationFlowResponse",
        query=NUMBER_VERSION, path_names=FLOW),
    Operation("conversation_flow", "update", "PATCH /update-conversation-flow/{flow_id}",
        "Change a draft, by default the latest.", answer="ConversationFlowResponse",
        query=NUMBER_VERSION, path_names=FLOW),
    Operation("conversation_flow", "list", "GET /v2/list-conversation-flows", "The flows.",
        answer="Page ConversationFlowResponse", query=PAGED),
    Operation("conversation_flow", "delete", "DELETE /delete-conversation-flow/{flow_id}",
        "Delete a flow with all its versions.", query=FORCE, path_names=FLOW),
    Operation("conversation_flow_component", "create", "POST /create-conversation-flow-component",
        "Create a component that flows share.", answer="ConversationFlowComponentResponse",
        once=True),
    Operation("conversation_flow_component", "retrieve",
        "GET /get-conversation-flow-component/{component_id}", "A shared component.",
        answer="ConversationFlowComponentResponse", path_names=FLOW),
    Operation("conversation_flow_component", "update",
        "PATCH /update-conversation-flow-component/{component_id}", "Change a shared component.",
        answer="ConversationFlowComponentResponse", path_names=FLOW),
    Operation("conversation_flow_component", "list", "GET /v2/list-conversation-flow-components",
        "The shared components.", answer="Page ConversationFlowComponentResponse", query=PAGED),
    Operation("conversation_flow_component", "delete",
        "DELETE /delete-conversation-flow-component/{component_id}",
        "Delete a shared component; flows that use it get a copy.", path_names=FLOW),
    Operation("phone_number", "create", "POST /create-phone-number",
        "Buy a number and bind agents to it.", answer="PhoneNumberResponse",
        once=True),
    Operation("phone_number", "import_", "POST /import-phone-number",
        "Bring a number of your own SIP trunk and bind agents to it.",
        answer="PhoneNumberResponse", once=True),
    Operation("phone_number", "retrieve", "GET /get-phone-number/{phone_number}", "A number.",
        answer="PhoneNumberResponse"),
    Operation("phone_number", "update", "PATCH /update-phone-number/{phone_number}",
        "Change a number's agents, trunk or limits.", answer="PhoneNumberResponse"),
    Operation("phone_number", "list", "GET /v2/list-phone-numbers", "The numbers.",
        answer="Page PhoneNumberResponse", query=PAGED),
    Operation("phone_number", "delete", "DELETE /delete-phone-number/{phone_number}",
        "Remove a number.", query="release?: bool"),
    Operation("phone_number", "variants", "GET /uponai/v1/numbers/{phone_number}/variants",
        "How the agents bound to a number compare.", answer="VariantsResponse"),
    Operation("voice", "retrieve", "GET /get-voice/{voice_id}", "A voice.",
        answer="VoiceResponse"),
    Operation("voice", "list", "GET /list-voices", "The voices that agents may have.",
        answer="VoiceResponse[]"),
    Operation("voice", "add_resource", "POST /add-community-voice",
        "Add a voice of a vendor's community to yours.", answer="VoiceResponse", once=True),
    Operation("voice", "search", "POST /search-community-voice",
        "Search a vendor's community voices.", answer="VoiceSearchResponse"),
    Operation("voice", "clone", "POST /clone-voice", "Make a voice from recordings.",
        answer="VoiceResponse", body="VoiceClone", once=True, form=True, timeout_s=300),
    Operation("knowledge_base", "create", "POST /create-knowledge-base",
        "Create a knowledge base from texts, web pages and files.",
        answer="KnowledgeBaseResponse", body="KnowledgeBase", once=True, form=True,
        timeout_s=300),
    Operation("knowledge_base", "retrieve", "GET /get-knowledge-base/{knowledge_base_id}",
        "A knowledge base.", answer="KnowledgeBaseResponse"),
    Operation("knowledge_base", "list", "GET /list-knowledge-bases", "The knowledge bases.",
        answer="KnowledgeBaseResponse[]"),
    Operation("knowledge_base", "delete", "DELETE /delete-knowledge-base/{knowledge_base_id}",
        "Delete a knowledge base."),
    Operation("knowledge_base", "add_sources",
        "POST /add-knowledge-base-sources/{knowledge_base_id}", "Add texts, web pages and files.",
        answer="KnowledgeBaseResponse", body="KnowledgeBaseSources", once=True, form=True,
        timeout_s=300),
    Operation("knowledge_base", "delete_source",
        "DELETE /delete-knowledge-base-source/{knowledge_base_id}/source/{source_id}",
        "Delete one source; the answer is the knowledge base without it.",
        answer="KnowledgeBaseResponse"),
    Operation("mcp_tool", "get_mcp_tools", "GET /get-mcp-tools/{agent_id}",
        "The tools that an agent's MCP server offers.", answer="McpToolResponse[]",
        query="mcp_id: str; component_id?: str; version?: int | str"),
    Operation("concurrency", "retrieve", "GET /get-concurrency",
        "How many calls run, and how many may.", answer="ConcurrencyResponse"),
    Operation("limits", "retrieve", "GET /uponai/v1/limits",
        "The workspace's limits, and how much of them is in use.", answer="LimitsResponse"),
    Operation("limits", "update", "PATCH /uponai/v1/limits",
        "Change limits; null goes back to the installation's own.", answer="LimitsResponse"),
    Operation("carrier", "list", "GET /uponai/v1/carriers",
        "Whose account with each carrier numbers are bought through.",
        answer="CarrierAccountResponse[]"),
    Operation("carrier", "set", "PUT /uponai/v1/carriers/{carrier}",
        "Bring an account of your own with a carrier; it is verified first.",
        answer="CarrierAccountResponse"),
    Operation("carrier", "remove", "DELETE /uponai/v1/carriers/{carrier}",
        "Forget your own account with a carrier."),
    Operation("do_not_call", "add", "PUT /uponai/v1/do-not-call/{phone_number}",
        "Never call this number again."),
    Operation("do_not_call", "remove", "DELETE /uponai/v1/do-not-call/{phone_number}",
        "Allow calls to this number again."),
    Operation("identity", "retrieve", "GET /get-api-key-info", "The key and its workspace.",
        answer="IdentityResponse"),
)  # fmt: skip
