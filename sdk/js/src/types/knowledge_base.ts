// Made by `python -m sdk.generate`; not edited by hand.

export interface KnowledgeBaseParams {
  knowledge_base_name: string;
  knowledge_base_texts?: KnowledgeText[];
  knowledge_base_urls?: string[];
  knowledge_base_files?: Blob[];
  enable_auto_refresh?: boolean;
  max_chunk_size?: number;
  min_chunk_size?: number;
}

export interface KnowledgeBaseSourcesParams {
  knowledge_base_texts?: KnowledgeText[];
  knowledge_base_urls?: string[];
  knowledge_base_files?: Blob[];
}

export interface KnowledgeBaseResponse {
  knowledge_base_id: string;
  knowledge_base_name: string;
  status: 'in_progress' | 'complete' | 'error' | 'refreshing_in_progress';
  knowledge_base_sources?: KnowledgeSource[] | null;
  enable_auto_refresh?: boolean | null;
  last_refreshed_timestamp?: number | null;
  max_chunk_size?: number | null;
  min_chunk_size?: number | null;
}

export interface KnowledgeText {
  title: string;
  text: string;
}

export interface KnowledgeSource {
  type: 'document' | 'text' | 'url';
  source_id: string;
  title?: string | null;
  content_url?: string | null;
  filename?: string | null;
  file_size?: number | null;
  file_url?: string | null;
  url?: string | null;
}
