/**
 * The interfaces by which functions meet their runtime, under AWS's names and of our own writing.
 *
 * <p>They are what the bootstrap is compiled against, and stand last on the class path: a function
 * that brings `aws-lambda-java-core` brings its own, and those are used. Signatures are those of the
 * Lambda developer guide, "Define Lambda function handler in Java" and "Using the Lambda context
 * object to retrieve Java function information".
 */
package com.amazonaws.services.lambda.runtime;
