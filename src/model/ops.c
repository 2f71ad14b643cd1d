#include "model/ops.h"

#include <math.h>

unsigned pf_op_arity(pf_op op)
{
    static const unsigned char arity[] = {
#define PF_OP_ARITY(id, n) n,
        PF_OP_LIST(PF_OP_ARITY)
#undef PF_OP_ARITY
    };
    return (unsigned)op < PF_OP_COUNT ? arity[op] : 0;
}

static double truth(int yes)
{
    return yes ? 1.0 : 0.0;
}

static double of_function(pf_op op, double a, double b)
{
    switch (op) {
    case PF_OP_SQRT:
        return sqrt(a);
    case PF_OP_CBRT:
        return cbrt(a);
    case PF_OP_EXP:
        return exp(a);
    case PF_OP_EXPM1:
        return expm1(a);
    case PF_OP_LOG:
        return log(a);
    case PF_OP_LOG1P:
        return log1p(a);
    case PF_OP_LOG10:
        return log10(a);
    case PF_OP_POW:
        return pow(a, b);
    case PF_OP_TANH:
        return tanh(a);
    case PF_OP_SINH:
        return sinh(a);
    case PF_OP_COSH:
        return cosh(a);
    case PF_OP_SIN:
        return sin(a);
    case PF_OP_COS:
        return cos(a);
    case PF_OP_TAN:
        return tan(a);
    case PF_OP_ASIN:
        return asin(a);
    case PF_OP_ACOS:
        return acos(a);
    case PF_OP_ATAN:
        return atan(a);
    default:
        return NAN;
    }
}

double pf_op_value(pf_op op, double a, double b, double c)
{
    switch (op) {
    case PF_OP_MOV:
        return a;
    case PF_OP_NEG:
        return -a;
    case PF_OP_ADD:
        return a + b;
    case PF_OP_SUB:
        return a - b;
    case PF_OP_MUL:
        return a * b;
    case PF_OP_DIV:
        return a / b;
    case PF_OP_FMA:
        return fma(a, b, c);
    case PF_OP_FMS:
        return fma(a, b, -c);
    case PF_OP_FNMA:
        return fma(-a, b, c);
    case PF_OP_RCP:
        return 1 / a;
    case PF_OP_ABS:
        return fabs(a);
    case PF_OP_FLOOR:
        return floor(a);
    case PF_OP_CEIL:
        return ceil(a);
    case PF_OP_MIN:
        return a < b ? a : b;
    case PF_OP_MAX:
        return a > b ? a : b;
    case PF_OP_LT:
        return truth(a < b);
    case PF_OP_LE:
        return truth(a <= b);
    case PF_OP_EQ:
        return truth(a == b);
    case PF_OP_NE:
        return truth(a != b);
    case PF_OP_AND:
        return truth(a != 0 && b != 0);
    case PF_OP_OR:
        return truth(a != 0 || b != 0);
    case PF_OP_NOT:
        return truth(a == 0);
    case PF_OP_SELECT:
        return a != 0 ? b : c;
    default:
        return of_function(op, a, b);
    }
}
