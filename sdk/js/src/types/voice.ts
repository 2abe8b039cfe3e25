// Made by `python -m sdk.generate`; not edited by hand.

/** `public_user_id` is the owner's id, where the vendor asks for it. */
export interface CommunityVoiceParams {
  provider_voice_id: string;
  voice_name: string;
  public_user_id?: string | null;
  voice_provider?: 'elevenlabs' | 'cartesia' | 'minimax' | 'fish_audio' | 'inworld' | null;
}

export interface VoiceSearchParams {
  search_query: string;
  voice_provider?: 'elevenlabs' | 'cartesia' | 'minimax' | 'fish_audio' | 'inworld' | null;
}

export interface VoiceCloneParams {
  voice_name: string;
  voice_provider: string;
  files: Blob[];
}

export interface VoiceResponse {
  voice_id: string;
  voice_name: string;
  provider: string;
  gender: 'male' | 'female';
  accent?: string | null;
  age?: string | null;
  avatar_url?: string | null;
  preview_audio_url?: string | null;
}

export interface VoiceSearchResponse {
  voices: VoiceMatch[];
}

export interface VoiceMatch {
  name?: string | null;
  description?: string | null;
  provider_voice_id?: string | null;
  public_user_id?: string | null;
}
