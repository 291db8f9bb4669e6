package io.prontuario.ha;

/**
 * What a node answers at a path, for a host application that answers it in its own web server.
 *
 * @param status the HTTP status
 * @param contentType empty when there is no body
 * @param body the body; may be empty
 */
public record WebPage(int status, String contentType, String body) {}
