package com.amazonaws.services.lambda.runtime.logging;

/** How important a log event is; `UNDEFINED` ones are always written. */
public enum LogLevel {
    UNDEFINED,
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL
}
