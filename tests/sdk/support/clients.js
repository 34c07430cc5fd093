// The SDKs with nothing changed but where they call, and the gateway's key.

import OpenAI from 'openai';
import Anthropic from '@anthropic-ai/sdk';
import { Mistral } from '@mistralai/mistralai';
import { createOpenAI } from '@ai-sdk/openai';
import { createMistral } from '@ai-sdk/mistral';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { ChatMistralAI, MistralAIEmbeddings } from '@langchain/mistralai';
import { key } from './bench.js';

export const openaiClient = ({ url }, more) => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, ...more });
export const anthropicClient = ({ url }, more) => new Anthropic({ baseURL: url, apiKey: key, ...more });
export const mistralClient = ({ url }, more) => new Mistral({ serverURL: url, apiKey: key, ...more });

export const aiOpenai = ({ url }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
export const aiMistral = ({ url }) => createMistral({ baseURL: `${url}/v1`, apiKey: key });
export const aiCompatible = ({ url }) => createOpenAICompatible({ name: 'sluice', baseURL: `${url}/v1`, apiKey: key, includeUsage: true, supportsStructuredOutputs: true });

export const chatOpenai = ({ url }, more) => new ChatOpenAI({ apiKey: key, maxRetries: 0, ...more, configuration: { baseURL: `${url}/v1` } });
export const openaiEmbeddings = ({ url }, more) => new OpenAIEmbeddings({ apiKey: key, maxRetries: 0, ...more, configuration: { baseURL: `${url}/v1` } });
export const chatMistral = ({ url }, more) => new ChatMistralAI({ apiKey: key, serverURL: url, maxRetries: 0, ...more });
export const mistralEmbeddings = ({ url }, more) => new MistralAIEmbeddings({ apiKey: key, serverURL: url, maxRetries: 0, ...more });
